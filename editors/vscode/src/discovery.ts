/** Finds the server to run: the project's own where there is one, else the one in this extension. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";

const WINDOWS = process.platform === "win32";
/** How long an interpreter may take to say what it has, in milliseconds. */
const PATIENCE = 20_000;

/** The origin of a server that was found by the setting of that name. */
export const FROM_PATH = "the setting oai-lint.path";

/** How to start a server, and why it is this one. */
export interface Launch {
  command: string;
  args: string[];
  /** For people: where it was found. */
  origin: string;
}

/** What an interpreter has, as `bundled/probe.py` prints it. */
export interface Interpreter {
  executable: string;
  version: string;
  /** Whether it is recent enough for oai-lint. */
  recent: boolean;
  /** The version of oai-lint that is installed in it. */
  oaiLint: string | null;
  /** What the bundled server still needs from it: libraries that are compiled. */
  missing: string[];
}

export interface Wanted {
  /** Places of the executable, before all else. */
  path: string[];
  /** Whether only the bundled server will do. */
  bundledOnly: boolean;
  /** Interpreters of the project, and where each of them is known from. */
  interpreters: { executable: string; origin: string }[];
  /** The folder of the bundled server. */
  bundle: string;
  /** The interpreter of the environment that `setUp` makes, which need not be there. */
  own: string;
}

export interface Found {
  launch: Launch | undefined;
  /** The first interpreter that could run the bundled server if it had what is missing. */
  candidate: Interpreter | undefined;
}

/**
 * Finds the server to run.
 *
 * The order: the executable that is set, the project's interpreters, PATH, the bundled server in
 * the first interpreter that has libcst.
 *
 * @param say takes a line about each place that was looked at.
 */
export async function findServer(wanted: Wanted, say: (line: string) => void): Promise<Found> {
  for (const command of wanted.bundledOnly ? [] : wanted.path) {
    if (await isExecutable(command)) {
      return start({ command, args: ["server"], origin: FROM_PATH });
    }
    say(`oai-lint.path: ${command} cannot be run`);
  }

  const probed: Interpreter[] = [];
  for (const { executable, origin } of wanted.interpreters) {
    const interpreter = await probe(wanted.bundle, executable);
    if (interpreter === undefined) {
      say(`${origin}: ${executable} cannot be run`);
    } else if (interpreter.oaiLint !== null && interpreter.recent && !wanted.bundledOnly) {
      // -P: a folder of the project that is called like a library must not be taken for it.
      const args = ["-P", "-m", "oai_lint", "server"];
      return start({ command: executable, args, origin });
    } else {
      if (!wanted.bundledOnly) {
        say(`${origin}: no oai-lint in ${executable} (${told(interpreter)})`);
      }
      probed.push(interpreter);
    }
  }

  const installed = wanted.bundledOnly ? undefined : await onPath("oai-lint");
  if (installed !== undefined) {
    return start({ command: installed, args: ["server"], origin: "PATH" });
  }

  const others = [wanted.own, await onPath("python3"), await onPath("python")];
  for (const executable of others) {
    const interpreter = executable && (await probe(wanted.bundle, executable));
    if (interpreter) {
      probed.push(interpreter);
    }
  }
  const recent = probed.filter((interpreter) => interpreter.recent);
  for (const { executable, missing } of recent) {
    if (missing.length === 0) {
      const args = ["-P", path.join(wanted.bundle, "server.py")];
      return start({ command: executable, args, origin: "this extension" });
    }
  }
  for (const interpreter of probed) {
    say(`bundled: does not run in ${interpreter.executable} (${told(interpreter)})`);
  }
  // An environment cannot be made anew by its own interpreter.
  const candidate = recent.find(({ executable }) => executable !== wanted.own);
  return { launch: undefined, candidate };
}

/** Asks an interpreter what it has; undefined if there is none of that name. */
export async function probe(bundle: string, executable: string): Promise<Interpreter | undefined> {
  try {
    const { stdout } = await promisify(execFile)(executable, [path.join(bundle, "probe.py")], {
      timeout: PATIENCE,
      windowsHide: true,
    });
    return { ...(JSON.parse(stdout) as Omit<Interpreter, "executable">), executable };
  } catch {
    return undefined;
  }
}

/** Returns where the interpreter of an environment is. */
export function pythonOf(environment: string): string {
  return path.join(environment, ...(WINDOWS ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/** Says whether there is a file that can be run. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Finds a program as a shell would, except that the current folder never counts. */
export async function onPath(name: string): Promise<string | undefined> {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const folder of folders.filter((folder) => path.isAbsolute(folder))) {
    const file = path.join(folder, WINDOWS ? `${name}.exe` : name);
    if (await isExecutable(file)) {
      return file;
    }
  }
  return undefined;
}

function told({ version, missing }: Interpreter): string {
  return missing.length > 0
    ? `Python ${version}, without ${missing.join(", ")}`
    : `Python ${version}`;
}

function start(launch: Launch): Found {
  return { launch, candidate: undefined };
}
