// The extension: a client of `lstmlint server`. What it can do is the server's; here is only how it is started, and what is trusted.
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";
import { findServer } from "./server";

let client: LanguageClient | undefined;
let log: vscode.LogOutputChannel;
let starting: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): void {
  log = vscode.window.createOutputChannel("lstmlint", { log: true });
  const again = () => restart(context);
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("lstmlint.restart", again),
    vscode.commands.registerCommand("lstmlint.showLog", () => log.show()),
    vscode.commands.registerCommand("lstmlint.confirmFile", confirmFile),
    // Trust is told to the server when it starts, and decides which server that is.
    vscode.workspace.onDidGrantWorkspaceTrust(again),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("lstmlint.path") || change.affectsConfiguration("lstmlint.importStrategy")) {
        void again();
      }
    }),
  );
  void again();
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}

function restart(context: vscode.ExtensionContext): Promise<void> {
  // One after the other, however many reasons come at once.
  starting = starting.then(() => start(context)).catch((error: unknown) => log.error(String(error)));
  return starting;
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  await client?.dispose();
  client = undefined;
  const found = await findServer(context);
  if (found === undefined) {
    const text = vscode.workspace.isTrusted
      ? "lstmlint is not installed in the selected Python environment: pip install 'lstmlint[server]'"
      : "lstmlint starts no Python of a workspace that is not trusted, and the extension came without a server of its own";
    log.warn(text);
    void vscode.window.showWarningMessage(text);
    return;
  }
  log.info(`the server is that of ${found.origin}: ${found.command} ${found.args.join(" ")}`);
  const server: ServerOptions = {
    command: found.command,
    args: found.args,
    // Not in the folder that is open: Python imports from where it is started.
    options: { env: found.env, cwd: path.dirname(__filename) },
  };
  const settings = JSON.parse(JSON.stringify(vscode.workspace.getConfiguration("lstmlint"))) as object;
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "python", scheme: "file" },
      { language: "python", scheme: "untitled" },
      { language: "python", scheme: "vscode-notebook-cell" },
    ],
    initializationOptions: { ...settings, trusted: vscode.workspace.isTrusted },
    synchronize: { configurationSection: "lstmlint" },
    outputChannel: log,
  };
  client = new LanguageClient("lstmlint", "lstmlint", server, options);
  client.onDidChangeState((change) => {
    if (change.newState === State.Stopped) {
      log.info("the server has stopped");
    }
  });
  await client.start();
}

async function confirmFile(): Promise<void> {
  const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  if (uri !== undefined) {
    await vscode.commands.executeCommand("lstmlint.confirm", uri.toString());
  }
}
