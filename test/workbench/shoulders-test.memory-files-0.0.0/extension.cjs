// A read-only file system in memory: memoryfiles:/pets holds two class folders with two images each.
const vscode = require('vscode');

const tree = { pets: { cat: { '1.jpg': 'x', '2.jpg': 'y' }, dog: { '3.jpg': 'z', '4.jpg': 'w' } } };

const at = (uri) => {
  let node = tree;
  for (const name of uri.path.split('/').filter(Boolean)) {
    node = typeof node === 'object' ? node[name] : undefined;
    if (node === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  }
  return node;
};
const kindOf = (node) => (typeof node === 'object' ? vscode.FileType.Directory : vscode.FileType.File);
const refuse = (uri) => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

exports.activate = (context) => {
  const provider = {
    onDidChangeFile: new vscode.EventEmitter().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: (uri) => ({ type: kindOf(at(uri)), ctime: 0, mtime: 0, size: 1 }),
    readDirectory: (uri) => Object.entries(at(uri)).map(([name, node]) => [name, kindOf(node)]),
    readFile: (uri) => new TextEncoder().encode(String(at(uri))),
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider('memoryfiles', provider, { isReadonly: true, isCaseSensitive: true }),
  );
};
