import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { openApi } from "./openapi.ts";

export const http = httpEntry(openApi, compose);
