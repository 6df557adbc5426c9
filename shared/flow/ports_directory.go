package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/directory"
)

// Directory is the cache of Slack. Writes go in plain batches, without events.
type Directory interface {
	Account(ctx context.Context, conn, id string) (directory.Account, error)
	Resource(ctx context.Context, conn, id string) (directory.Resource, error)
	// EachAccount and EachResource call f in id order until it returns an
	// error; kind "" is every kind.
	EachAccount(ctx context.Context, conn string, f func(directory.Account) error) error
	EachResource(ctx context.Context, conn string, kind directory.Kind, f func(directory.Resource) error) error
	Put(ctx context.Context, c directory.Batch) error
}

// Paging reads the directory from the middle, for lists that people page
// through: EachAccount and EachResource behind an id ("": from the beginning),
// EachHolder and EachHeld behind a membership (without its other end: from the
// beginning).
type Paging interface {
	AccountsAfter(ctx context.Context, conn, after string, f func(directory.Account) error) error
	ResourcesAfter(ctx context.Context, conn string, kind directory.Kind, after string, f func(directory.Resource) error) error
	HoldersAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error
	HeldAfter(ctx context.Context, after directory.Membership, f func(directory.Membership) error) error
}

// Finding leads to accounts by the words of their names and by what few have. It
// gives hints, as they were once written: the account's own row says what is so.
// Directory.Put keeps them.
type Finding interface {
	// AccountsCalled calls f for each word that begins with typed (lower case), by
	// word and account, behind after, until f fails.
	AccountsCalled(ctx context.Context, conn, typed string, after directory.Lead, f func(directory.Lead) error) error
	// AccountsWith calls f for the ids of accounts with a property, behind after.
	AccountsWith(ctx context.Context, conn string, what directory.Facet, after string, f func(account string) error) error
	// Unname takes away every word that leads to an account, old ones too.
	Unname(ctx context.Context, conn, account string) error
	// Index fills in what leads to the next accounts behind one and gives the last
	// of them, "" when that was all; Indexed reports whether it ever was. A
	// directory that was begun without needs it once.
	Index(ctx context.Context, conn, after string) (last string, err error)
	Indexed(ctx context.Context, conn string) (bool, error)
}

// Activity remembers when accounts were last active, and what is known of that as
// a whole. A cache of Slack's access logs: a sync fills it, without events.
type Activity interface {
	// LastActive gives the zero time where nothing is known of the account.
	LastActive(ctx context.Context, conn, account string) (time.Time, error)
	// EachActive calls f for each account of which something is known, behind an
	// id, in the order of EachAccount, until f fails.
	EachActive(ctx context.Context, conn, after string, f func(directory.Activity) error) error
	// SaveActive writes days; a zero day forgets. Directory.Put forgets those of
	// accounts that are gone.
	SaveActive(ctx context.Context, conn string, seen []directory.Activity) error
	// ActivitySource gives the zero source where the logs were never read.
	ActivitySource(ctx context.Context, conn string) (directory.ActivitySource, error)
	SaveActivitySource(ctx context.Context, conn string, s directory.ActivitySource) error
}

// Managing remembers how far it is known who manages whom; who does stands in the
// accounts.
type Managing interface {
	// ManagerSource gives the zero source where it was never read.
	ManagerSource(ctx context.Context, conn string) (directory.ManagerSource, error)
	SaveManagerSource(ctx context.Context, conn string, s directory.ManagerSource) error
}

// Holdings reads what Ebb knows of who holds what through it.
type Holdings interface {
	// Hold gives the zero Hold where Ebb never touched the entitlement.
	Hold(ctx context.Context, conn, resource, slug, account string) (access.Hold, error)
	// GrantsOn lists the grants on a resource that were begun and are not over.
	GrantsOn(ctx context.Context, conn, resource string) ([]access.Grant, error)
	// EndedOf and EndedOn list those that are over, the last closed first.
	EndedOf(ctx context.Context, conn, account string, limit int) ([]access.Grant, error)
	EndedOn(ctx context.Context, conn, resource string, limit int) ([]access.Grant, error)
	// EachOwned calls f for each resource that was given owners.
	EachOwned(ctx context.Context, conn string, f func(resource string, owners []string) error) error
}

// Naming finds resources as one types.
type Naming interface {
	// ResourcesNamed calls f for user groups and channels of which a word of the
	// name or title begins with typed (lower case; "": all), by that word, until f
	// fails. It gives hints: as they were once written, without owners and default
	// channels, one and the same maybe twice, some gone or renamed.
	ResourcesNamed(ctx context.Context, conn, typed string, f func(directory.Resource) error) error
}

// Owners are Ebb's own knowledge, which a sync never touches.
type Owners interface {
	// SetOwners replaces the owners (account ids) of a resource.
	SetOwners(ctx context.Context, conn, resource string, owners []string, e ...audit.Event) error
}

// Memberships is the cache of who holds what. Batches of it go through Directory.Put.
type Memberships interface {
	// EachHolder calls f for each membership of a resource, by slug and account.
	EachHolder(ctx context.Context, conn, resource string, f func(directory.Membership) error) error
	// EachHeld calls f for each membership of an account.
	EachHeld(ctx context.Context, conn, account string, f func(directory.Membership) error) error
	// Holds reports whether the account holds it, as far as is known.
	Holds(ctx context.Context, m directory.Membership) (bool, error)
	// HeldAsOf gives Slack's date (Membership.Date) of a membership; 0 where none is
	// known, or the account does not hold it.
	HeldAsOf(ctx context.Context, m directory.Membership) (int64, error)
}
