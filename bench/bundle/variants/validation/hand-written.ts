import { invalid, type ParametersEvent, regionId, valid } from "./verdict.ts";

const required = ["RegionId", "NamespacePassword", "Collection", "JobId"];
const optional = ["DBInstanceId", "WorkspaceId", "Namespace"];

const isText = (value: unknown) => typeof value === "string" && value.length > 0;

export const handler = async ({ parameters }: ParametersEvent) => {
  const faults = required.filter((name) => !isText(parameters[name]));
  faults.push(...optional.filter((name) => parameters[name] !== undefined && !isText(parameters[name])));
  if (!regionId.test(parameters.RegionId ?? "")) faults.push("RegionId");
  if (!(parameters.DBInstanceId ?? parameters.WorkspaceId)) faults.push("DBInstanceId");
  return faults.length === 0 ? valid() : invalid(faults);
};
