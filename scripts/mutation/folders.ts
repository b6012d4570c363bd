/** A folder that is mutated as a whole. */
export interface Folder {
  /** As the command line names it: the last part of the path. */
  readonly name: string;
  readonly path: string;
  /** The pattern of the configuration. */
  readonly pattern: string;
}

const wholeFolder = /^((?:[^*/]+\/)*([^*/]+))\/\*\*\/\*\.ts$/;

/** Reads the folders from the `mutate` patterns of Stryker's configuration. Throws for a pattern of another form. */
export const toFolders = (patterns: readonly string[]): readonly Folder[] =>
  patterns.map((pattern) => {
    const [, path, name] = wholeFolder.exec(pattern) ?? [];
    if (path === undefined || name === undefined)
      throw new Error(`mutate: ${pattern} must be a whole folder, such as shared/auth/**/*.ts`);
    return { name, path, pattern };
  });

/** Selects folders by name or path; all of them where none is named. Throws for a name that no folder has. */
export const selectFolders = (folders: readonly Folder[], names: readonly string[]): readonly Folder[] => {
  const isCalled = (name: string) => (folder: Folder) => folder.name === name || folder.path === name;
  const unknown = names.find((name) => !folders.some(isCalled(name)));
  if (unknown !== undefined)
    throw new Error(`${unknown} is no mutated folder; there are ${folders.map(({ name }) => name).join(", ")}`);
  return names.length === 0 ? folders : folders.filter((folder) => names.some((name) => isCalled(name)(folder)));
};
