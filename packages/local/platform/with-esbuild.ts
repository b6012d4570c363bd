let users = 0;

/**
 * Uses esbuild, and ends its service process with the last use: it would stay for as long as we run. The module is
 * loaded only now, since most starts find what they need on disk.
 */
export const withEsbuild = async <Result>(
  use: (esbuild: typeof import("esbuild")) => Promise<Result>,
): Promise<Result> => {
  users++;
  const esbuild = await import("esbuild");
  try {
    return await use(esbuild);
  } finally {
    users--;
    if (users === 0) await esbuild.stop();
  }
};
