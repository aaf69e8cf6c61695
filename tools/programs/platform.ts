const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** This machine's operating system and architecture, as Go and all its release archives name them. */
export const PLATFORM = { os: process.platform, arch: ARCHITECTURES[process.arch] ?? process.arch } as const;
