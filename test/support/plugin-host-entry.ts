import { runPluginHost } from '../../src/plugin-host/host.ts'

await runPluginHost()
