/** Lines that a build prints: colours, progress, downloads; every twentieth time also errors, a stack trace and a token. */
export function linesOfBuildStep(step: number): string[] {
  const stamp = `2026-01-02T03:${String(step % 60).padStart(2, '0')}:05.1234567Z `;
  const usual = [
    `[${step % 100}%] Compiling unit_${step} (src/module_${step % 97}/unit_${step}.c)`,
    `\u001b[32m✓\u001b[0m rejects an invalid cart ${step} \u001b[90m(${step % 40} ms)\u001b[0m`,
    `Downloading https://registry.example.com/package-${step % 300}/-/package-${step % 300}-1.2.${step % 9}.tgz`,
    ` 10%\r 55%\r100% of package-${step % 300}\r`,
    `remote: Resolving deltas: 100% (${step}/${step}), done. commit 0a1b2c3d4e5f67890a1b2c3d4e5f67890a1b${step % 9999}`,
    `level=info msg="step finished" step=${step} durationMs=${step % 777}`,
    'PASS  src/cart/total.test.ts',
    '',
  ];
  const failing = [
    `src/module_${step % 97}/unit_${step}.c:12:3: error: expected ';' before 'return'`,
    `    at total (src/cart/total.ts:${step % 90}:7)`,
    `TypeError: Cannot read properties of undefined (reading 'price_${step % 50}')`,
    `Authorization: Bearer ${'aB3dE5fG7hJ9'.repeat(3)}${step}`,
  ];
  return (step % 20 === 0 ? [...usual, ...failing] : usual).map((line) => stamp + line);
}

/** The log of a build that fails, of at least so many characters. */
export function buildLog(characters: number): string {
  const lines: string[] = [];
  for (let step = 0, length = 0; length < characters; step += 1) {
    for (const line of linesOfBuildStep(step)) {
      lines.push(line);
      length += line.length + 1;
    }
  }
  return `${lines.join('\n')}\n##[error]Process completed with exit code 2.\n`;
}
