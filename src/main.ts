// A plugin host is this same program: it starts often and must load nothing else.
if (process.argv[2] === 'plugin-host') {
  const { runPluginHost } = await import('./plugin-host/host.ts')
  await runPluginHost()
} else {
  const { runCli } = await import('./cli.ts')
  await runCli(process.argv.slice(2), process.env)
}

export {}
