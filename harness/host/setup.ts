/** What the launcher lends the commands: installing what the host lacks, once it is known to be needed. */
export interface Setup {
  readonly ensureHost: (needs: {
    readonly kernelBuild: boolean;
  }) => Promise<{ readonly ok: true } | { readonly ok: false; readonly message: string }>;
}
