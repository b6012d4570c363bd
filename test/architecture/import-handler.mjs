/** Imports the module named on the command line in a process where everything outside of it is out of reach. */
import dns from "node:dns";
import { Socket } from "node:net";

const outOfReach = (what) => () => {
  throw new Error(`an import must not ${what}`);
};
Socket.prototype.connect = outOfReach("open a connection");
dns.lookup = outOfReach("look up a host");
globalThis.setInterval = outOfReach("start a timer");

const entries = Object.entries(await import(process.argv[2])).map(([name, entry]) => `${name}: ${typeof entry}`);
process.stdout.write(entries.sort().join(", "));
