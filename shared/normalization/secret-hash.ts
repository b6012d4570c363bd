import { scrypt } from "node:crypto";
import { promisify } from "node:util";
import type { Secret } from "../validation/secret.ts";

const derive = promisify<string, string, number, { N: number }, Buffer>(scrypt);

/**
 * A namespace password as a scrypt hash, base64. The salt is the job's key: unique for each job, and known before the
 * job is read, so that the password can be compared inside the one conditional write of a cancel.
 */
export const secretHash = async (secret: Secret, key: string): Promise<string> =>
  (await derive(secret.reveal(), `standdown:${key}`, 24, { N: 16384 })).toString("base64url");
