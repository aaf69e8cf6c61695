import { EXAMPLE, exampleDeployments } from './example.ts';
import { tellStory } from './pods.ts';
import { showAdmission, showDryRun } from './show.ts';
import type { Stage } from './stage.ts';
import { heading, indented, print } from './terminal.ts';
import { problemsOfPatched, problemsOfUntouched } from './verdict.ts';

/** Applies the example, shows what became of its pods, and says what is wrong with them. */
export async function playExample(stage: Stage): Promise<string[]> {
  heading(4, 'Apply the ELK Deployment and, beside it, an nginx Deployment');
  indented(`$ kubectl apply -f ${EXAMPLE}`, 'cyan');
  const { printed, said } = await stage.applyExample();
  indented(printed);
  if (said.trim() !== '') indented(said, 'yellow');
  const [elk, nginx, ...others] = await Promise.all(exampleDeployments().map((each) => tellStory(stage, each)));
  if (elk === undefined || nginx === undefined || others.length > 0) throw new Error(`${EXAMPLE} has changed`);
  print();
  showAdmission([elk, nginx]);

  heading(5, 'The same pods by hand, as a dry run');
  const elkDryRun = await showDryRun(stage, elk);
  print();
  const nginxDryRun = await showDryRun(stage, nginx);
  return [
    ...[elk.admitted, elkDryRun].flatMap(problemsOfPatched),
    ...[nginx.admitted, nginxDryRun].flatMap(problemsOfUntouched),
  ];
}
