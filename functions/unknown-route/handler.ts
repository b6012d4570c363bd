import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { unknownRoute } from "./unknown-route.ts";

export const http = httpEntry(unknownRoute, compose);
