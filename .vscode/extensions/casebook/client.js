// Starts `kb lsp` of the workspace's own environment and connects the editor to it.
// extension.js is this file and vscode-languageclient in one (npm install && npm run build).
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const inside = process.platform === "win32" ? [".venv", "Scripts", "kb.exe"] : [".venv", "bin", "kb"];
    const command = path.join(folder.uri.fsPath, ...inside);
    if (!fs.existsSync(command)) {
      vscode.window.showWarningMessage(
        "Sōsei Casebook: the environment is not there yet. Run `make .venv/installed` in a terminal, then reload the window.",
      );
      continue;
    }
    client = new LanguageClient(
      "casebook",
      "Sōsei Casebook",
      { command, args: ["lsp"], options: { cwd: folder.uri.fsPath } },
      { documentSelector: [{ language: "markdown", pattern: `${folder.uri.fsPath}/cases/*/*.md` }] },
    );
    await client.start();
  }
};

exports.deactivate = () => client?.stop();
