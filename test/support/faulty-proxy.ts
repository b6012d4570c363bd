import http from "node:http";
import type { AddressInfo } from "node:net";

/** What the proxy does with one request. `lose-answer` lets it through and drops the connection instead of answering. */
export type Fault = "none" | "lose-answer" | "drop" | "throttle" | "fail" | "garbage" | "stall";

/** A proxy before a real server that does to each request what the test says next. */
export const startFaultyProxy = async (target: string) => {
  const faults: Fault[] = [];
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    const fault = faults.shift() ?? "none";
    seen.push(String(request.headers["x-amz-target"]));
    if (fault === "drop") return request.socket.destroy();
    if (fault === "stall") return undefined;
    if (fault === "throttle") return answer(response, 400, '{"__type":"com.amazonaws#ThrottlingException"}');
    if (fault === "fail") return answer(response, 500, '{"__type":"com.amazonaws#InternalServerError"}');
    if (fault === "garbage") return answer(response, 200, "<html>");
    const forwarded = http.request(target, { method: request.method, headers: request.headers }, (reply) => {
      if (fault === "lose-answer") {
        reply.resume();
        reply.on("end", () => request.socket.destroy());
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
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const answer = (response: http.ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
};
