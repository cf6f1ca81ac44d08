/** The server's life: found, started, restarted one at a time, stopped. */

import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { commands, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { findServer, FROM_PATH, type Interpreter, type Launch, pythonOf } from "./discovery";
import { SELECTOR } from "./documents";
import { ofWorkspace } from "./interpreters";
import { provision } from "./provision";
import * as settings from "./settings";
import type { ServerState, Status } from "./status";
import type { TraceChannel } from "./trace";

const STATES: Record<State, ServerState> = {
  [State.Stopped]: "stopped",
  [State.Starting]: "starting",
  [State.StartFailed]: "failed",
  [State.Running]: "running",
};
const PYTHON_DOWNLOADS = "https://www.python.org/downloads/";

export class Server {
  readonly #bundle: string;
  readonly #environment: string;
  #client: LanguageClient | undefined;
  #launch: Launch | undefined;
  #work: Promise<void> = Promise.resolve();
  #told = false;

  constructor(
    context: ExtensionContext,
    private readonly status: Status,
    private readonly output: LogOutputChannel,
    private readonly trace: TraceChannel,
  ) {
    this.#bundle = context.asAbsolutePath("bundled");
    this.#environment = path.join(context.globalStorageUri.fsPath, "server");
  }

  /** The client of the server that runs. */
  get client(): LanguageClient | undefined {
    return this.#client?.state === State.Running ? this.#client : undefined;
  }

  /** The process of the server that runs. */
  get process(): number | undefined {
    return this.client?.serverProcess?.pid;
  }

  /** Stops the server that runs, if any, and starts the one that the settings now name. */
  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Restarts if another server would be found now. */
  reconsider(): Promise<void> {
    return this.#next(async () => {
      const { launch } = await this.#find();
      if (!isDeepStrictEqual(launch, this.#launch)) {
        await this.#stop();
        await this.#start();
      }
    });
  }

  /** Stops the server. */
  stop(): Promise<void> {
    return this.#next(() => this.#stop());
  }

  /** Where no server is found, gives the bundled one an environment to run in, and starts it. */
  async setUp(): Promise<void> {
    const { launch, candidate } = await this.#find();
    if (launch !== undefined) {
      await this.restart();
      return;
    }
    if (candidate === undefined) {
      this.#told = false;
      void this.#explain(candidate);
      return;
    }
    try {
      await provision(candidate.executable, this.#environment, this.#bundle, (line) => {
        this.output.info(line);
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void this.#complain(`oai-lint: the bundled server could not be set up: ${reason}`);
      return;
    }
    await this.restart();
  }

  /** Does one thing after the other: a restart asked for while one runs waits for that. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.output.error(error instanceof Error ? error : String(error));
      this.#show("failed");
    });
    return this.#work;
  }

  async #start(): Promise<void> {
    if (!settings.read().enable) {
      this.#show("disabled");
      return;
    }
    this.#show("starting");
    const { launch, candidate } = await this.#find();
    this.#launch = launch;
    if (launch === undefined) {
      this.#show("missing");
      void this.#explain(candidate);
      return;
    }
    const client = this.#connect(launch);
    this.#client = client;
    try {
      await client.start();
    } catch (error) {
      this.output.error(error instanceof Error ? error : String(error));
      this.#show("failed");
      return;
    }
    const version = client.initializeResult?.serverInfo?.version ?? "";
    this.output.info(`oai-lint ${version} runs`);
    this.status.describe(`oai-lint ${version} of ${launch.origin}: \`${launch.command}\``);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) {
      return;
    }
    // One that is starting cannot be stopped, one that failed need not.
    await client.dispose().catch((error: unknown) => {
      this.output.warn(error instanceof Error ? error.message : String(error));
    });
    this.#show("stopped");
  }

  async #find() {
    const { path: paths, importStrategy, interpreter } = settings.read();
    const set = interpreter.map((executable) => ({
      executable,
      origin: "the setting oai-lint.interpreter",
    }));
    const found = await findServer(
      {
        path: paths,
        bundledOnly: importStrategy === "useBundled",
        // What a folder brings along is run only if the user trusts the folder.
        interpreters:
          set.length > 0 ? set : workspace.isTrusted ? await ofWorkspace(settings.folder()) : [],
        bundle: this.#bundle,
        own: pythonOf(this.#environment),
      },
      (line) => {
        this.output.info(line);
      },
    );
    if (paths.length > 0 && importStrategy !== "useBundled" && found.launch?.origin !== FROM_PATH) {
      void this.#complain("oai-lint: nothing in the setting oai-lint.path can be run.");
    }
    return found;
  }

  #connect({ command, args, origin }: Launch): LanguageClient {
    this.output.info(`starting the server of ${origin}: ${[command, ...args].join(" ")}`);
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      outputChannel: this.output,
      traceOutputChannel: this.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { settings: settings.forServer() },
      diagnosticPullOptions: {
        onChange: true,
        onSave: true,
        filter: (_document, mode) =>
          (mode as string) === "onType" && settings.read().run === "onSave",
      },
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const answer = await next(params, token);
            return Array.isArray(answer) ? answer.map(settings.resolved) : answer;
          },
        },
      },
    };
    const client = new LanguageClient(
      settings.SECTION,
      "oai-lint",
      { command, args, options: { cwd: settings.folder()?.uri.fsPath } },
      options,
    );
    client.onDidChangeState(({ newState }) => {
      if (client === this.#client) {
        this.#show(STATES[newState]);
      }
    });
    return client;
  }

  #show(state: ServerState): void {
    this.status.show(state);
    void commands.executeCommand("setContext", "oai-lint.running", state === "running");
  }

  async #complain(message: string): Promise<void> {
    const show = "Show Output";
    if ((await window.showErrorMessage(message, show)) === show) {
      this.output.show();
    }
  }

  /** Says, once, why there is no server and offers what helps. */
  async #explain(candidate: Interpreter | undefined): Promise<void> {
    if (this.#told) {
      return;
    }
    this.#told = true;
    const [setUp, choose, download] = ["Set Up", "Choose Interpreter", "Download Python"];
    const chosen = await (candidate === undefined
      ? window.showWarningMessage(
          "oai-lint needs Python 3.11 or later, and found none.",
          download,
          choose,
        )
      : window.showWarningMessage(
          "oai-lint is not installed in this project's environment. “Set Up” makes an environment of " +
            `its own for the server in this extension, with ${candidate.executable}, and ` +
            "downloads the one library that has to be compiled, libcst, from PyPI.",
          setUp,
          choose,
        ));
    if (chosen === setUp) {
      await this.setUp();
    } else if (chosen === choose) {
      await commands.executeCommand("workbench.action.openSettings", "oai-lint.interpreter");
    } else if (chosen === download) {
      await commands.executeCommand("vscode.open", PYTHON_DOWNLOADS);
    }
  }
}
