import { createServices } from "../../shared/container.ts";
import { httpEntry } from "../../shared/entrypoints/http.ts";
import { unknownRoute } from "./unknown-route.ts";

export const http = httpEntry(unknownRoute, createServices);
