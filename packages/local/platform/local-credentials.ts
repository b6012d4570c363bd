/**
 * The development keys of everything that pretends to be AWS here. The embedded servers look at the form of a signature
 * only, and some keep one set of tables per key and region.
 */
export const localCredentials = { accessKeyId: "local", secretAccessKey: "local" } as const;
