/** The output channel that the conversation with the server is written to. */

import { EventEmitter, LogLevel, type LogOutputChannel, window } from "vscode";
import type { Settings } from "./settings";

export interface TraceChannel extends LogOutputChannel {
  /** Tells whoever listens that the setting may have changed. */
  refresh(): void;
}

/**
 * Makes a channel whose level follows a setting.
 *
 * The client library traces when the channel's own log level is Trace, which people would have to
 * set in a menu that few know; `oai-lint.trace.server` is where they look.
 */
export function traceChannel(verbosity: () => Settings["trace"]): TraceChannel {
  const channel = window.createOutputChannel("oai-lint trace", { log: true });
  const changed = new EventEmitter<LogLevel>();
  const level = () => (verbosity() === "off" ? LogLevel.Info : LogLevel.Trace);
  return {
    ...channel,
    get logLevel() {
      return level();
    },
    onDidChangeLogLevel: changed.event,
    trace: (message: string, ...args: unknown[]) => {
      channel.info(message, ...args);
    },
    refresh: () => {
      changed.fire(level());
    },
    dispose: () => {
      changed.dispose();
      channel.dispose();
    },
  };
}
