import { pageRank, randomGraph } from "./page-rank.ts";
import { runSample } from "./run-sample.ts";
import { lease, projectId, type Sample } from "./sample.ts";

const graphName = "movies";
const vertices = 20_000;

/** Ranks the vertices of a graph, again and again. */
const sample: Sample = {
  name: "ges",
  jobId: "pagerank-movies",
  job: { service: "ges", scope: { projectId, graphName }, jobType: "algorithm", ...lease },
  *round(number) {
    const ranks = yield* pageRank(randomGraph(vertices, number), 20);
    const first = ranks.indexOf(Math.max(...ranks));
    return `vertex ${first} of ${vertices} is the first`;
  },
  cancel: (jobId) => ({
    method: "DELETE",
    path: `/ges/v1.0/${projectId}/graphs/${graphName}/jobs/${jobId}`,
    authentication: "X-Auth-Token",
  }),
};

await runSample(sample);
