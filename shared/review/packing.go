package review

import "time"

// Packing is how far the evidence package of a campaign is that is too large to be
// made while somebody waits: it is made once, kept in rows of the table for a day, and
// given in parts from there. It is a copy of what can be made again, and no act of
// anybody: the audit has what vouches for the package.
type Packing struct {
	Campaign  string
	Connector string
	By        string // user id of who asked; the package is vouched for in their name
	// Next is when somebody has to go on with its files; zero: nobody, they are made or
	// were given up. Who works moves it forward, so that nobody else does.
	Next time.Time
	// Read is how many lines were read so far. Tries counts what came to nothing
	// since it was asked for, and Why says why, in words.
	Read  int
	Tries int
	Why   string
	// Made are its files, which wait for a signed head of the audit, and for somebody
	// who asks; Ready is what is given away. Each has no ID where there is none.
	Made  MadeFiles
	Ready Pack
	Rev   int64
}

// PackedRow is how many bytes of a package one row has: as text they are a third more,
// and a row takes 350 KiB.
const PackedRow = 256 << 10

// Pack is a package in rows of the table.
type Pack struct {
	ID      string // of the rows, made anew for each package
	Size    int64
	SHA256  string // hex
	Link    int64  // the last link of the audit's chain that it knows
	Seq     int64  // of the event of its campaign that vouches for it
	Expires time.Time
}

// MadeFiles are the files of a package in rows, without their end, which binds them
// to the audit.
type MadeFiles struct {
	ID      string
	Size    int64
	Sum     string // where SHA-256 stands behind them, to go on from; hex
	Stub    string // what the end is made of
	Hash    string // of the manifest, hex
	From    int64  // a link shortly before that of the event that vouches for them
	Link    int64
	Expires time.Time
}

// There reports whether the newest package that was asked for is there.
func (p Packing) There() bool { return p.Next.IsZero() && p.Made.ID == "" && p.Ready.ID != "" }

// Given reports whether there is a package to give away.
func (p Packing) Given(now time.Time) bool { return p.Ready.ID != "" && now.Before(p.Ready.Expires) }
