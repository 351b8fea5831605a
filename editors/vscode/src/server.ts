// Which lstmlint is started: the user's own command, the one of the selected environment, or the one that came with the extension.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

export interface Command {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  origin: string;
}

export async function findServer(context: vscode.ExtensionContext): Promise<Command | undefined> {
  const settings = vscode.workspace.getConfiguration("lstmlint");
  // In a workspace that nobody trusts, the values that it sets itself don't get here (restrictedConfigurations).
  const own = settings.get<string[]>("path", []);
  if (own.length > 0) {
    return { command: own[0], args: [...own.slice(1), "server"], origin: "the setting lstmlint.path" };
  }
  const bundled = path.join(context.extensionPath, "bundled");
  const trusted = vscode.workspace.isTrusted;
  const python = trusted ? await selectedPython() : undefined;
  if (python !== undefined && settings.get("importStrategy") !== "useBundled" && (await works(python, []))) {
    return { command: python, args: ["-m", "lstmlint", "server"], origin: `the environment of ${python}` };
  }
  if (existsSync(path.join(bundled, "lstmlint"))) {
    for (const candidate of [python, "python3", "python"]) {
      // -P: nothing is imported from the folder that is open.
      const env = { ...process.env, PYTHONPATH: bundled };
      if (candidate !== undefined && (await works(candidate, ["-P"], env))) {
        return { command: candidate, args: ["-P", "-m", "lstmlint", "server"], env, origin: "the extension itself" };
      }
    }
  }
  if (trusted && (await works("lstmlint", undefined))) {
    return { command: "lstmlint", args: ["server"], origin: "PATH" };
  }
  return undefined;
}

/** The interpreter that the Python extension has selected, or the one that its setting names. */
async function selectedPython(): Promise<string | undefined> {
  const resource = vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const extension = vscode.extensions.getExtension("ms-python.python");
  if (extension !== undefined) {
    const api = (await extension.activate()) as PythonApi | undefined;
    const environments = api?.environments;
    const resolved = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
    const found = resolved?.executable?.uri?.fsPath;
    if (found !== undefined) {
      return found;
    }
  }
  const set = vscode.workspace.getConfiguration("python", resource).get<string>("defaultInterpreterPath");
  return set !== undefined && set !== "python" && set !== "" ? set : "python3";
}

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): unknown;
    resolveEnvironment(environment: unknown): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
  };
}

/** Whether this Python (or, without arguments, this command) has a lstmlint that can be a server. */
function works(command: string, options: string[] | undefined, env?: NodeJS.ProcessEnv): Promise<boolean> {
  const args = options === undefined ? ["--version"] : [...options, "-c", "import lstmlint.server.features"];
  return new Promise((resolve) => {
    // Not in the folder that is open: Python imports from where it is started.
    execFile(command, args, { env, timeout: 20_000, cwd: path.dirname(__filename) }, (error) => resolve(error === null));
  });
}
