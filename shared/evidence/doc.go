// Package evidence owns the package that proves an access review: its files, how
// they are bound to the audit's chain, and how a reader away from the house finds
// what was changed, taken away or made up.
//
// A package is a zip with the files of a fixed list in a fixed order, without times
// of its own, so that the same campaign gives the same bytes (as long as the same
// release of Ebb compresses them; the files inside are the same for ever).
// manifest.json has the SHA-256 and size of every file. The house records the
// manifest's own SHA-256 in an event of the campaign, "campaign.evidence", and seals
// it: binding.json holds that event, its link in the house's chain, the links from
// there to the first signed head that covers it, and the head. So one signature
// covers every byte of every file.
//
// Verify does not only hold files against hashes. It takes the files apart: the
// snapshot's digest is made anew from its lines and held against what the house
// sealed when it was staged, every decision against the event by which it was
// submitted, every state against the events that led there. A house whose table was
// changed exports what contradicts its own audit, and is found out.
//
// Names and comments are in no digest and no event. Who is forgotten is missing from
// later packages, which differ from earlier ones in that alone; both verify.
//
// The package reads no clock and stores nothing. Lines come in a stream: a file is
// compressed as it grows, and no line is kept.
package evidence
