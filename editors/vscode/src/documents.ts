/** The documents that the server is told of. */

import { languages, type TextDocument, window } from "vscode";

/** Files that are not Python, and that the rules about keys and pins read. */
const PLAIN = [
  "{.env,*.env,.env.*}",
  "{requirements*.txt,requirements*.in}",
  "{pyproject.toml,Pipfile,Pipfile.lock,uv.lock,poetry.lock,pdm.lock,pylock.toml}",
];

/** What is opened, changed and closed in these documents goes to the server. */
export const SELECTOR = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "vscode-notebook-cell", language: "python" },
  { scheme: "file", language: "dotenv" },
  ...PLAIN.map((name) => ({ scheme: "file", pattern: `**/${name}` })),
];

/** The document in front, if it is one of these; of a notebook the cell with the cursor, or one. */
export function documentAtHand(): TextDocument | undefined {
  const cells = window.activeNotebookEditor?.notebook.getCells() ?? [];
  return [window.activeTextEditor?.document, ...cells.map((cell) => cell.document)].find(
    (document) => document !== undefined && languages.match(SELECTOR, document) > 0,
  );
}
