/** The names of the commands, and of the options of each. */
export type Known = Readonly<Record<string, readonly string[]>>;

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

const bash = (known: Known): string => `_standdown() {
  local current=\${COMP_WORDS[COMP_CWORD]} options
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(known).join(" ")}" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${Object.entries(known)
  .map(([name, flags]) => `    ${name}) options="${flags.map((flag) => `--${flag}`).join(" ")}" ;;`)
  .join("\n")}
  esac
  COMPREPLY=($(compgen -W "$options" -- "$current"))
}
complete -o default -F _standdown standdown`;

const zsh = (known: Known): string => `autoload -U +X bashcompinit && bashcompinit\n${bash(known)}`;

const fish = (known: Known): string =>
  [
    "complete -c standdown -f",
    ...Object.entries(known).flatMap(([name, flags]) => [
      `complete -c standdown -n __fish_use_subcommand -a ${name}`,
      ...flags.map((flag) => `complete -c standdown -n '__fish_seen_subcommand_from ${name}' -l ${flag}`),
    ]),
  ].join("\n");

const scripts: Readonly<Record<Shell, (known: Known) => string>> = { bash, zsh, fish };

/** Prints a script that a shell reads. Returns the exit code. */
export const printCompletion = ([given]: readonly string[], known: Known): number => {
  const shell = shells.find((each) => each === given);
  if (shell === undefined) {
    console.error(`usage: standdown completion ${shells.join("|")}\n\nexample: source <(standdown completion bash)`);
    return 2;
  }
  console.log(scripts[shell](known));
  return 0;
};
