import type { Outcome } from "../domain/outcome.ts";
import type { Services } from "../ports/services.ts";
import { cancelNative } from "./cancel-native.ts";
import type { Operation } from "./define.ts";
import { list } from "./list.ts";
import type { NativeRequest } from "./native-request.ts";
import { read } from "./read.ts";

export const perform = (operation: Operation, request: NativeRequest, services: Services): Promise<Outcome> => {
  switch (operation.kind) {
    case "cancel":
      return cancelNative(services)(operation, { ...request, trigger: "http" });
    case "read":
      return read(services)(operation, request);
    case "list":
      return list(services)(operation, request);
    default:
      throw new Error(`no pipeline for ${operation satisfies never}`);
  }
};
