import type { EC2Client, Tag, TagSpecification } from '@aws-sdk/client-ec2';

/**
 * Everything that this client makes or tags carries the operator's tags beside ours, from the first moment: organizations
 * deny creating what lacks theirs. They are those of the worker's configuration today, so that a run that waits for a
 * denial to end goes on once they are configured. Nothing is found, owned or missed by them.
 */
export function withOperatorTags(client: EC2Client, tags: Readonly<Record<string, string>>): EC2Client {
  const operators = Object.entries(tags).map(([Key, Value]): Tag => ({ Key, Value }));
  if (operators.length === 0) return client;
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { input } = args;
        if (commandName === 'CreateTagsCommand' && 'Tags' in input) {
          return next({ ...args, input: { ...input, Tags: [...(input.Tags ?? []), ...operators] } });
        }
        const specifications = 'TagSpecifications' in input ? input.TagSpecifications : undefined;
        const made = specifications ?? rulesOf(commandName);
        if (made === undefined) return next(args);
        return next({ ...args, input: { ...input, TagSpecifications: made.map(withTags(operators)) } });
      },
    { step: 'initialize', name: 'causewayOperatorTags' },
  );
  return client;
}

/** Rules of a security group are resources of their own, which carry no tags of ours: they are found by their group. */
function rulesOf(commandName: string | undefined): TagSpecification[] | undefined {
  return commandName === 'AuthorizeSecurityGroupEgressCommand'
    ? [{ ResourceType: 'security-group-rule', Tags: [] }]
    : undefined;
}

function withTags(operators: readonly Tag[]): (made: TagSpecification) => TagSpecification {
  return ({ ResourceType, Tags = [] }) => ({ ResourceType, Tags: [...Tags, ...operators] });
}
