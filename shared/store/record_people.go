package store

import "github.com/ebb-access/ebb/shared/access"

// userRecord is a user's row.
type userRecord struct {
	ID       string        `json:"id"`
	Name     string        `json:"name,omitempty"`
	Accounts []refRecord   `json:"accounts,omitempty"`
	Known    []knownRecord `json:"known,omitempty"`
	Duties   []access.Duty `json:"duties,omitempty"`
	Ended    bool          `json:"ended,omitempty"`
	Created  stamp         `json:"created,omitzero"`
}

// refRecord has the fields of access.Ref in their order.
type refRecord struct {
	Connector string `json:"connector"`
	Account   string `json:"account"`
}

// knownRecord has the fields of access.Identity in their order.
type knownRecord struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

func newUserRecord(u access.User) userRecord {
	rec := userRecord{ID: u.ID, Name: u.Name, Duties: u.Duties, Ended: u.Ended, Created: stamp(u.Created)}
	for _, a := range u.Accounts {
		rec.Accounts = append(rec.Accounts, refRecord(a))
	}
	for _, x := range u.Identities {
		rec.Known = append(rec.Known, knownRecord(x))
	}
	return rec
}

func (r userRecord) user(rev int64) access.User {
	u := access.User{ID: r.ID, Name: r.Name, Duties: r.Duties, Ended: r.Ended, Created: r.Created.time(), Rev: rev}
	for _, a := range r.Accounts {
		u.Accounts = append(u.Accounts, access.Ref(a))
	}
	for _, x := range r.Known {
		u.Identities = append(u.Identities, access.Identity(x))
	}
	return u
}

// apiKeyRecord is an API key's row; the key itself is nowhere.
type apiKeyRecord struct {
	ID      string `json:"id"`
	Hash    string `json:"hash"`
	User    string `json:"user"`
	Name    string `json:"name,omitempty"`
	Service bool   `json:"service,omitempty"`
	Created stamp  `json:"created,omitzero"`
	Used    stamp  `json:"used,omitzero"`
	Ended   bool   `json:"ended,omitempty"`
}

func newAPIKeyRecord(k access.Key) apiKeyRecord {
	return apiKeyRecord{
		ID: k.ID, Hash: k.Hash, User: k.User, Name: k.Name, Service: k.Service,
		Created: stamp(k.Created), Used: stamp(k.Used), Ended: k.Ended,
	}
}

func (r apiKeyRecord) key(rev int64) access.Key {
	return access.Key{
		ID: r.ID, Hash: r.Hash, User: r.User, Name: r.Name, Service: r.Service,
		Created: r.Created.time(), Used: r.Used.time(), Ended: r.Ended, Rev: rev,
	}
}

// textRecord is a free text's row.
type textRecord struct {
	About   string `json:"about"`
	Author  string `json:"author"`
	Body    string `json:"body"`
	Written stamp  `json:"written,omitzero"`
	Erased  bool   `json:"erased,omitempty"`
}

func newTextRecord(t access.Text) textRecord {
	return textRecord{About: t.About, Author: t.Author, Body: t.Body, Written: stamp(t.Written), Erased: t.Erased}
}

func (r textRecord) text() access.Text {
	return access.Text{About: r.About, Author: r.Author, Body: r.Body, Written: r.Written.time(), Erased: r.Erased}
}
