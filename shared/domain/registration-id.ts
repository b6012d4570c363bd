/** The same Idempotency-Key of the same principal gives the same registration of a job. */
export const keyedRegistration = (principal: string, jobId: string, key: string): string =>
  `${encodeURIComponent(principal)} ${encodeURIComponent(jobId)} ${key}`;

/** Whether it may be sent again. One without a key is nobody's but the request's. */
export const isKeyed = (registration: string): boolean => registration.includes(" ");

/** How long a registration is known after another has taken its job's place. */
export const registrationMs = 86_400_000;
