import * as z from "zod/mini";
import { invalid, type ParametersEvent, regionId, valid } from "./verdict.ts";

const text = z.string().check(z.minLength(1));

const request = z
  .object({
    RegionId: z.string().check(z.regex(regionId)),
    DBInstanceId: z.optional(text),
    WorkspaceId: z.optional(text),
    Namespace: z.optional(text),
    NamespacePassword: text,
    Collection: text,
    JobId: text,
  })
  .check(
    z.refine(({ DBInstanceId, WorkspaceId }) => Boolean(DBInstanceId ?? WorkspaceId), {
      path: ["DBInstanceId"],
      when: () => true,
    }),
  );

export const handler = async ({ parameters }: ParametersEvent) => {
  const { success, error } = z.safeParse(request, parameters);
  return success ? valid() : invalid(error.issues.map(({ path }) => path[0]));
};
