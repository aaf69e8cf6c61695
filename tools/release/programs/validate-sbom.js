// Says whether CycloneDX 1.6 files keep to their schema: one line per fault, exit code 1 when there is one.
const { readFileSync } = require('node:fs');
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library');

async function main(files) {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  for (const file of files) {
    const faults = await validator.validate(readFileSync(file, 'utf8'));
    if (faults === null) continue;
    process.exitCode = 1;
    for (const { instancePath, message } of faults) console.error(`${file}: ${instancePath}: ${message}`);
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
