// Answers as the Python extension does, with the interpreter that the suite chooses.
const vscode = require("vscode");

exports.activate = () => {
  const changed = new vscode.EventEmitter();
  let chosen;
  return {
    choose(path) {
      chosen = path;
      changed.fire({ id: path, path, resource: undefined });
    },
    ready: Promise.resolve(),
    environments: {
      onDidChangeActiveEnvironmentPath: changed.event,
      getActiveEnvironmentPath: () => ({ id: chosen ?? "DEFAULT_PYTHON", path: chosen ?? "python" }),
      resolveEnvironment: async ({ id, path }) =>
        chosen && { id, path, executable: { uri: vscode.Uri.file(path) } },
    },
  };
};
