/** A moment on the clock of `performance.now()`, in milliseconds, by which work must have ended. */
export type Deadline = number;

export const noDeadline: Deadline = Number.POSITIVE_INFINITY;

export const deadlineIn = (ms: number): Deadline => performance.now() + ms;

export const remainingMs = (deadline: Deadline): number => deadline - performance.now();
