import * as v from "valibot";
import { invalid, type ParametersEvent, regionId, valid } from "./verdict.ts";

const text = v.pipe(v.string(), v.minLength(1));

const request = v.pipe(
  v.object({
    RegionId: v.pipe(v.string(), v.regex(regionId)),
    DBInstanceId: v.optional(text),
    WorkspaceId: v.optional(text),
    Namespace: v.optional(text),
    NamespacePassword: text,
    Collection: text,
    JobId: text,
  }),
  v.forward(
    v.partialCheck([["DBInstanceId"], ["WorkspaceId"]], (input) => Boolean(input.DBInstanceId ?? input.WorkspaceId)),
    ["DBInstanceId"],
  ),
);

export const handler = async ({ parameters }: ParametersEvent) => {
  const { success, issues } = v.safeParse(request, parameters);
  return success ? valid() : invalid(issues.map(({ path }) => path?.[0].key));
};
