import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { describe, expect, it } from 'vitest';
import { evidenceOfText } from '#apps/workbench/training/labelled-case.ts';
import { dataDirectoryOf, loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';

const { signatures } = await loadSignatures(dataDirectoryOf({}));
const { model } = await loadFailureModel(dataDirectoryOf({}));

const classOf = (log: string) => classify(evidenceOfText(log), { signatures, model });
const bestLines = (log: string, most: number): string[] =>
  [...(evidenceOfText(log).sources[0]?.lines ?? [])]
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ text }) => text);

const steps = (name: string, count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) => `${name}[${at + 1}/${count}] ${at % 2 === 0 ? 'compiled' : 'packed'} unit_${at}`,
  );

const COMPILER = [
  "src/pay/total.c:88:14: error: use of undeclared identifier 'rate'",
  '   return net * rate;',
  '                ^',
  '1 error generated.',
  'make: *** [Makefile:12: total.o] Error 1',
];

/** Lines of several jobs, each in its own order, mixed by chance. */
function interleaved(jobs: readonly (readonly string[])[]): string {
  const random = numbersFrom(8);
  const left = jobs.map((lines) => [...lines]);
  const mixed: string[] = [];
  while (left.some(({ length }) => length > 0)) {
    const line = left[Math.floor(random() * left.length)]?.shift();
    if (line !== undefined) mixed.push(line);
  }
  return mixed.join('\n');
}

describe('the mixed output of eight jobs', () => {
  const names = ['lint', 'unit', 'e2e', 'docs', 'linux', 'mac', 'types', 'image'];
  const jobsWith = (prefixOf: (name: string) => string) =>
    names.map((name) => {
      const healthy = steps(prefixOf(name), 60);
      if (name !== 'linux') return healthy;
      return [...healthy.slice(0, 40), ...COMPILER.map((line) => `${prefixOf(name)}${line}`), ...healthy.slice(40)];
    });

  it.each([
    ['with the name of its job before each line', (name: string) => `${name} | `],
    ['without', () => ''],
  ])('%s shows the failure of the one that failed first', (_, prefixOf) => {
    const log = interleaved(jobsWith(prefixOf));
    expect(bestLines(log, 1)[0]).toContain(COMPILER[0]);
    expect(bestLines(log, 5).join('\n')).toContain(COMPILER[4]);
    expect(classOf(log)).toMatchObject({ class: 'compilation_error', verdict: 'regression' });
  });
});

describe('a log in another language', () => {
  const framed = (lines: readonly string[]): string =>
    [...steps('', 150), ...lines, ...steps('upload ', 80)].join('\n');

  it.each([
    ['German', ['Projekt wird erstellt', 'Fehler: Die Datei "preise.csv" wurde nicht gefunden', 'Vorgang abgebrochen']],
    ['French', ['Création du projet', 'Erreur : le fichier « prix.csv » est introuvable', 'Abandon']],
    ['Portuguese', ['Criando o projeto', 'Erro: o arquivo precos.csv não foi encontrado', 'Fim']],
    ['Russian', ['Сборка проекта', 'Ошибка: файл цены.csv не найден', 'Работа прервана']],
    ['Japanese', ['ビルドを開始します', 'エラー: ファイル 価格.csv が見つかりません', '終了コード 1']],
    ['Chinese', ['开始构建', '错误：找不到文件 价格.csv', '已退出']],
    ['Korean', ['빌드를 시작합니다', '오류: 가격.csv 파일을 찾을 수 없습니다', '종료']],
  ])('%s shows its error first', (_, lines) => {
    expect(bestLines(framed(lines), 1)[0]).toBe(lines[1]);
  });

  it.each([
    ['German', 'total.c:12:5: Fehler: »rate« nicht deklariert (erste Benutzung in dieser Funktion)', 'Fehler 1'],
    ['French', 'total.c:12:5: erreur: « rate » non déclaré (première utilisation dans cette fonction)', 'Erreur 1'],
    ['Spanish', 'total.c:12:5: error: «rate» no se declaró aquí', 'Error 1'],
    ['Russian', 'total.c:12:5: ошибка: «rate» не описан', 'Ошибка 1'],
    ['Japanese', 'total.c:12:5: エラー: ‘rate’ が宣言されていません', 'エラー 1'],
    ['Chinese', 'total.c:12:5: 错误：‘rate’未声明', '错误 1'],
  ])('%s of a compiler is known for what it is', (_, message, ended) => {
    const log = framed(['cc -c total.c', message, `make: *** [Makefile:3: total.o] ${ended}`]);
    expect(bestLines(log, 2)).toContain(message);
    expect(classOf(log)).toMatchObject({ class: 'compilation_error', signature: 'c-compiler-error' });
  });
});

describe('a log that ends in the middle of a line', () => {
  it('is read to its last character', () => {
    const log = [...steps('', 100), 'npm ERR! code ENOSPC', 'npm ERR! no space left on device, wri'].join('\n');
    expect(bestLines(log, 2)).toContain('npm ERR! no space left on device, wri');
    expect(classOf(log).class).toBe('resource_exhaustion');
  });

  it('shows no secret that it breaks off', () => {
    const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    const evidence = evidenceOfText(`${steps('', 100).join('\n')}\nerror: login with token ${token.slice(0, 30)}`);
    expect(JSON.stringify(evidence)).not.toContain(token.slice(0, 20));
  });
});

describe('the log of a run that passed', () => {
  const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const log = [
    ...Array.from({ length: 60 }, (_, at) => `  ✓ rejects an error of kind ${at} (2 ms)`),
    'Tests: 60 passed, 60 total',
    '0 errors, 0 warnings',
    `deploying with ${token}`,
    'Job succeeded',
  ].join('\n');

  it('shows no failure', () => {
    expect(classOf(log)).toMatchObject({ class: 'unknown', verdict: 'unknown', confidence: 0 });
  });

  it('is redacted all the same', () => {
    expect(JSON.stringify(evidenceOfText(log))).not.toContain(token.slice(0, 12));
  });
});
