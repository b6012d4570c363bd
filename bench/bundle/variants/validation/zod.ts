// As a namespace: `import { z }` would bundle every language that zod words its messages in.
import * as z from "zod";
import { invalid, type ParametersEvent, regionId, valid } from "./verdict.ts";

const text = z.string().min(1);

const request = z
  .object({
    RegionId: z.string().regex(regionId),
    DBInstanceId: text.optional(),
    WorkspaceId: text.optional(),
    Namespace: text.optional(),
    NamespacePassword: text,
    Collection: text,
    JobId: text,
  })
  .refine(({ DBInstanceId, WorkspaceId }) => Boolean(DBInstanceId ?? WorkspaceId), {
    path: ["DBInstanceId"],
    when: () => true,
  });

export const handler = async ({ parameters }: ParametersEvent) => {
  const { success, error } = request.safeParse(parameters);
  return success ? valid() : invalid(error.issues.map(({ path }) => path[0]));
};
