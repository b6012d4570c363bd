import http from "node:http";
import type { AddressInfo } from "node:net";

/** What the proxy does with one request. `lose-answer` lets it through and drops the connection instead of answering. */
export type Fault = "none" | "lose-answer" | "drop" | "throttle" | "exceed" | "fail" | "garbage" | "stall";

/**
 * A proxy before a real server that does to each request what the test says next. `beforeLoss` runs before a connection
 * is dropped: whoever is killed there never hears of the answer.
 */
export const startFaultyProxy = async (target: string, beforeLoss: () => void = () => {}) => {
  const faults: Fault[] = [];
  const faultsOf = new Map<string, Fault>();
  const faultFor = (operation: string): Fault | undefined => {
    const fault = faultsOf.get(operation);
    faultsOf.delete(operation);
    return fault;
  };
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    const operation = String(request.headers["x-amz-target"]);
    const fault = faultFor(operation.replace(/^.*\./, "")) ?? faults.shift() ?? "none";
    seen.push(operation);
    if (fault === "drop") {
      beforeLoss();
      return request.socket.destroy();
    }
    if (fault === "stall") return undefined;
    if (fault === "throttle") return answer(response, 400, '{"__type":"com.amazonaws#ThrottlingException"}');
    if (fault === "exceed") return answer(response, 400, exceeded);
    if (fault === "fail") return answer(response, 500, '{"__type":"com.amazonaws#InternalServerError"}');
    if (fault === "garbage") return answer(response, 200, "<html>");
    const forwarded = http.request(target, { method: request.method, headers: request.headers }, (reply) => {
      if (fault === "lose-answer") {
        reply.resume();
        reply.on("end", () => {
          beforeLoss();
          request.socket.destroy();
        });
        return;
      }
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    request.pipe(forwarded);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** The targets of all requests, in order. */
    seen,
    next: (...planned: Fault[]) => void faults.push(...planned),
    /** For the next request of this operation, whatever comes before it. */
    nextOf: (operation: string, fault: Fault) => void faultsOf.set(operation, fault),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** A table says this where its own throughput is used up, and `ThrottlingException` where it is the account's. */
const exceeded = '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}';

const answer = (response: http.ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
};
