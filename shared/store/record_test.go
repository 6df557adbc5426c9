package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
)

// filler gives every field that it meets another value, so that a field that
// a record forgets, or swaps with another, shows.
type filler struct{ n int }

var clockType = reflect.TypeFor[time.Time]()

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch {
	case v.Type() == clockType:
		t := time.Date(2026, 11, 23, 9, 0, f.n, f.n*int(time.Millisecond), time.UTC)
		v.Set(reflect.ValueOf(t))
		return
	case v.Type() == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(f.n) * int64(time.Minute))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("%s <%d> & #", v.Type().Name(), f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	default:
		panic("no value for " + v.Type().String())
	}
}

// roundTrip stores a filled value and an empty one and reads them again.
// except are fields that are kept elsewhere.
func roundTrip[T, R any](t *testing.T, to func(T) R, back func(R) T, except ...string) {
	t.Helper()
	var full, empty T
	f := &filler{}
	f.fill(reflect.ValueOf(&full).Elem())
	for _, name := range except {
		reflect.ValueOf(&full).Elem().FieldByName(name).SetZero()
	}
	for _, want := range []T{full, empty} {
		body, err := encode(to(want))
		if err != nil {
			t.Fatal(err)
		}
		rec, err := decode[R](Row{Body: body})
		if err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		if got := back(rec); !reflect.DeepEqual(got, want) {
			t.Errorf("%T came back as\n%+v, was\n%+v\nstored as %s", want, got, want, body)
		}
	}
}

func TestRecordsKeepEveryField(t *testing.T) {
	roundTrip(t, newGrantRecord, func(r grantRecord) access.Grant { return r.grant(0) }, "Rev")
	roundTrip(t, newRequestRecord, func(r requestRecord) access.Request { return r.request(0) }, "Rev")
	roundTrip(t, newHoldRecord, func(r holdRecord) access.Hold { return r.hold(0) }, "Rev")
	roundTrip(t, newWritingRecord, func(r writingRecord) access.Writing { return r.writing(0) }, "Rev")
	roundTrip(t, newLeftRecord, func(r leftRecord) access.Left { return r.left(0) }, "Rev")
	roundTrip(t, newMeantRecord, func(r meantRecord) access.Meant { return r.meant(0) }, "Rev")
	roundTrip(t, newToldRecord, func(r toldRecord) access.Told { return r.told(0) }, "Rev")
	roundTrip(t, newMendRecord, func(r mendRecord) access.Mend { return r.mend(0) }, "Rev")
	roundTrip(t, newFindingRecord, func(r findingRecord) directory.Finding { return r.finding(0) }, "Rev")
	roundTrip(t, newNoticeRecord, func(r noticeRecord) connector.Notice { return r.notice(0) }, "Rev")
	roundTrip(t, newTellingRecord, func(r tellingRecord) access.Telling { return r.telling(0) }, "Rev", "Messages")
	roundTrip(t, newMessageRecord, func(r messageRecord) access.Message { return r.message(0) }, "Rev")
	roundTrip(t, newLockRecord, func(r lockRecord) access.Lock { return r.lock(0) }, "Rev")
	roundTrip(t, newDueRecord, dueRecord.due)
	roundTrip(t, newPolicyRecord, policyRecord.policy)
	roundTrip(t, newUserRecord, func(r userRecord) access.User { return r.user(0) }, "Rev")
	roundTrip(t, newAPIKeyRecord, func(r apiKeyRecord) access.Key { return r.key(0) }, "Rev")
	roundTrip(t, newSessionRecord, func(r sessionRecord) access.Session { return r.session(0) }, "Rev")
	roundTrip(t, newRefusalsRecord, func(r refusalsRecord) access.Refusals { return r.refusals(0) }, "Rev")
	roundTrip(t, newSignInLinkRecord, signInLinkRecord.link, "Used")
	roundTrip(t, newDelegationRecord, func(r delegationRecord) access.Delegation { return r.delegation(0) }, "Rev")
	roundTrip(t, newOnceRecord, onceRecord.once)
	roundTrip(t, newTextRecord, textRecord.text)
	roundTrip(t, newConnectorRecord, func(r connectorRecord) connector.Connector { return r.connector(0) }, "Rev")
	roundTrip(t, newInviteRecord, func(r inviteRecord) connector.Invitation { return r.invitation(0) }, "Rev")
	roundTrip(t, newRunRecord, func(r runRecord) connector.Run { return r.run(0) }, "Rev")
	roundTrip(t, newEventRecord, eventRecord.event)
	roundTrip(t, newSealRecord, sealRecord.seal)
}

func TestDirectoryRecordsKeepEveryField(t *testing.T) {
	account := func(a directory.Account) accountRecord { return accountRecord(a) }
	roundTrip(t, account, func(r accountRecord) directory.Account { return directory.Account(r) })
	roundTrip(t, newActivitySourceRecord, activitySourceRecord.source)
	resource := func(r directory.Resource) resourceRecord { return resourceRecord(r) }
	roundTrip(t, resource, func(r resourceRecord) directory.Resource { return directory.Resource(r) }, "Owners")

	m := directory.Membership{Connector: "c#1", Resource: "S%1", Slug: "member", Account: "U1#", Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Date: 1764000000}
	record := newMembershipRecord(m).(membershipRecord)
	if got := record.ofHolder(m.Connector, m.Resource, holderKey(m).Sort); got != m {
		t.Errorf("by resource: %+v", got)
	}
	if got := record.ofHeld(m.Connector, m.Account, heldKey(m).Sort); got != m {
		t.Errorf("by account: %+v", got)
	}
}

// The hash of an event covers its time, so a time must come back as it was.
func TestLinkedEventSurvivesItsRecord(t *testing.T) {
	zone := time.FixedZone("elsewhere", 3600)
	e := audit.Link(audit.Event{}, audit.Event{
		ID: "ev_1", Aggregate: "policy", Action: "policy.published", At: time.Date(2026, 3, 29, 2, 30, 0, 120_999_999, zone),
	})
	body, _ := encode(newEventRecord(e))
	r, err := decode[eventRecord](Row{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if again := audit.Link(audit.Event{}, r.event()); again.Hash != e.Hash || !r.At.time().Equal(e.At) {
		t.Errorf("the event's hash does not survive: %s", body)
	}
}

func TestDecodeRefusesWhatIsNoRecord(t *testing.T) {
	for _, body := range []string{``, `[]`, `{"start":"yesterday"}`, `{"start":5}`, `{"state":1}`} {
		if _, err := decode[grantRecord](Row{Key: Key{"p", "s"}, Body: []byte(body)}); err == nil {
			t.Errorf("%q was taken for a grant", body)
		}
	}
	if _, err := decode[requestRecord](Row{Body: []byte(`{"length":"long"}`)}); err == nil {
		t.Error("a length that is none was taken")
	}
}

func TestFreezeRecord(t *testing.T) {
	roundTrip(t, newFreezeRecord, func(r freezeRecord) access.Freeze { return r.freeze(0) }, "Rev")
}

func TestKillRecord(t *testing.T) {
	roundTrip(t, newKillRecord, func(r killRecord) access.Kill { return r.kill(0) }, "Rev")
}

func TestDraftRecord(t *testing.T) {
	roundTrip(t, newDraftRecord, func(r draftRecord) access.Draft { return r.draft(0) }, "Rev")
}
