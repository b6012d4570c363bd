// Runs in a fresh process for each sample: imports one bundle and, if given an event, calls its handler.
// Plain JavaScript without imports, because stripping types or loading a module here would warm up what is measured.
const { url, event, calls } = JSON.parse(process.argv[2]);

const timed = async (work) => {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
};

const loaded = await timed(() => import(url));
const sample = { importMs: loaded.ms };

if (event) {
  const { handler } = loaded.value;
  const first = await timed(() => handler(event));
  const second = await timed(() => handler(event));
  Object.assign(sample, { firstMs: first.ms, secondMs: second.ms, reply: first.value });

  for (let call = 0; call < calls; call++) await handler(event);
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) await handler(event);
  const { user, system } = process.cpuUsage(before);
  if (calls > 0) sample.cpuMicroseconds = (user + system) / calls;
}

// Some handlers keep sockets open; the exit waits for the line, which follows whatever the handler logged.
process.stdout.write(`\n${JSON.stringify(sample)}\n`, () => process.exit());
