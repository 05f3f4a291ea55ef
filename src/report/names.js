// What members and topics are called on the page: short enough to tell apart, whole on hover.
const LONGEST_NAME = 26;
const natural = new Intl.Collator("en", { numeric: true });

// Topics in natural order: topic-2 before topic-10.
const topicOrder = data.topics.map((_, topic) => topic).sort((a, b) => natural.compare(data.topics[a].name, data.topics[b].name));
const topicRank = new Map(topicOrder.map((topic, rank) => [topic, rank]));

// What all long names begin with, up to a separator, says nothing and is left out.
const sharedStart = sharedBeginning(data.members.filter(name => name));
const sharedTopicStart = sharedBeginning(data.topics.map(topic => topic.name));

function sharedBeginning(names) {
  if (names.length < 2 || names.every(name => name.length <= LONGEST_NAME)) return 0;
  const [first, last] = [names.reduce((a, b) => a < b ? a : b), names.reduce((a, b) => a > b ? a : b)];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  while (length > 0 && !/[-_.:/ ]/.test(first[length - 1])) length -= 1;
  return length;
}

const memberName = member => member === NOBODY ? "(nobody)" : data.members[member];

const withoutStart = (name, start) => start ? `\u2026${name.slice(start)}` : name;
const shortName = (member, longest = LONGEST_NAME) => shortened(member === NOBODY ? memberName(member) : withoutStart(memberName(member), sharedStart), longest);
const shortTopic = (name, longest) => shortened(withoutStart(name, sharedTopicStart), longest);

// A name of a member or topic as a text has it.
const LONGEST_IN_TEXT = 40;
const memberStart = data.members.find(name => name)?.slice(0, sharedStart) ?? "";
const shortText = name => shortened(sharedStart && name.startsWith(memberStart) ? withoutStart(name, sharedStart) : name, LONGEST_IN_TEXT);

// Shortened in the middle, as ids differ at their ends.
function shortened(name, longest) {
  if (name.length <= longest) return name;
  const head = Math.ceil((longest - 1) / 2);
  return `${name.slice(0, head)}\u2026${name.slice(name.length - (longest - 1 - head))}`;
}
