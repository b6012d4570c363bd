import validate from "compiled-schema";
import { invalid, type ParametersEvent, valid } from "./verdict.ts";

const parameterOf = ({ instancePath, keyword, params }: NonNullable<typeof validate.errors>[number]) => {
  if (keyword === "required") return params.missingProperty;
  return instancePath.slice(1);
};

export const handler = async ({ parameters }: ParametersEvent) => {
  if (validate(parameters)) return valid();
  // A failed either-or also reports each of its branches, and itself without a path.
  const names = (validate.errors ?? []).map(parameterOf).filter((name) => name !== "" && name !== "WorkspaceId");
  return invalid(names);
};
