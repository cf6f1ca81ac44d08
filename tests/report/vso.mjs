// Writes logging commands by Microsoft's own library: a list of [properties, message] on stdin.
import { readFileSync } from "node:fs";
import command from "azure-pipelines-task-lib/taskcommand.js";

const lines = JSON.parse(readFileSync(0, "utf8")).map(
  ([properties, message]) => new command.TaskCommand("task.logissue", properties, message).toString(),
);
process.stdout.write(JSON.stringify(lines));
