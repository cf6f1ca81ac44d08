/** Makes an environment for the bundled server, which lacks one thing only: what is compiled. */

import { spawn } from "node:child_process";
import * as path from "node:path";
import { type CancellationToken, ProgressLocation, window } from "vscode";
import { pythonOf } from "./discovery";

/**
 * Makes the environment anew and installs the compiled libraries into it, showing progress.
 *
 * @param python an interpreter that is recent enough.
 * @param environment the folder to make; it is this extension's own.
 * @param bundle the folder of the bundled server, which lists what it needs.
 * @param say takes what the programs print.
 * @throws Error with the last line of the program that failed, or when the user cancels.
 */
export async function provision(
  python: string,
  environment: string,
  bundle: string,
  say: (line: string) => void,
): Promise<void> {
  const location = ProgressLocation.Notification;
  await window.withProgress(
    { location, title: "oai-lint: setting up the bundled server", cancellable: true },
    async (progress, cancelled) => {
      progress.report({ message: "making an environment" });
      await run(python, ["-m", "venv", "--clear", environment], say, cancelled);
      progress.report({ message: "installing libcst" });
      const needed = path.join(bundle, "libs", "compiled.txt");
      const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--requirement", needed];
      await run(pythonOf(environment), pip, say, cancelled);
    },
  );
}

async function run(
  command: string,
  args: string[],
  say: (line: string) => void,
  cancelled: CancellationToken,
): Promise<void> {
  say(`$ ${[command, ...args].join(" ")}`);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  const listening = cancelled.onCancellationRequested(() => child.kill());
  let last = "";
  const listen = (chunk: Buffer) => {
    for (const line of chunk.toString().split(/\r?\n/).filter(Boolean)) {
      say(line);
      last = line;
    }
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    if (code !== 0) {
      throw new Error(
        cancelled.isCancellationRequested ? "cancelled" : last || `exit ${code ?? ""}`,
      );
    }
  } finally {
    listening.dispose();
  }
}
