import { prepareServices } from "../../shared/container.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import { keepUnmatched } from "./keep-unmatched.ts";

const connect = await prepareServices([]);

export const queue = queueEntry(keepUnmatched, connect);
