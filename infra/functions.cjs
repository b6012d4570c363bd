// CommonJS, because that is what Serverless takes for a file that computes a part of its configuration.
module.exports = require("./function-blocks.ts").functionBlocks;
