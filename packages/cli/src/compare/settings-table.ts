/** A setting by name, with its value in each run; undefined where a run has no such setting. */
export interface SettingRow {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

/** The settings of runs, those that differ apart from those that all of them share, in the order of the first run. */
export function compareSettings(runs: readonly Readonly<Record<string, string>>[]): {
  readonly different: readonly SettingRow[];
  readonly same: readonly SettingRow[];
} {
  const names = [...new Set(runs.flatMap((settings) => Object.keys(settings)))];
  const rows = names.map((name) => ({ name, values: runs.map((settings) => settings[name]) }));
  const isSame = ({ values }: SettingRow): boolean => values.every((value) => value === values[0]);
  return { different: rows.filter((row) => !isSame(row)), same: rows.filter(isSame) };
}
