package slacktest

import "strings"

var ownerNames = []string{"Amara Okafor", "Lukas Brandt", "Ines Carvalho", "Hiroshi Tanaka", "Freya Lindqvist"}

var firstNames = strings.Fields(`Aaliyah Adam Aisha Alejandro Alice Amir Ana Andrei Anika Anna Antoine Arjun Astrid Ben Bianca
	Bogdan Camila Carlos Chen Chloe Clara Daniel Daria David Diego Dmitri Elena Elif Emeka Emma Erik Fatima Felix Fiona
	Gabriel Giulia Grace Hana Hannah Hassan Helena Henrik Hugo Imani Ingrid Isabel Ivan Jack Jana Javier Jonas Julia Kai
	Karim Katarina Keiko Kofi Laila Lars Laura Leah Leo Lena Liam Lina Louis Lucia Luis Maja Marco Maria Marta Mateo Maya
	Mei Milan Mohammed Naomi Nadia Nils Nina Noah Nora Oliver Olga Omar Oscar Paula Pavel Petra Priya Quentin Rafael Rania
	Ravi Rosa Ruth Samir Sara Sebastian Selin Sofia Stefan Sven Tara Thomas Tomasz Uma Valentina Victor Wei Yara Yuki Zoe`)

var lastNames = strings.Fields(`Abbott Adeyemi Ahmed Almeida Andersen Bailey Banerjee Barros Becker Berg Bianchi Bose Brennan
	Brown Castillo Chang Clarke Costa Dahl Das Delgado Dubois Duarte Eriksen Evans Farouk Ferrari Fischer Fontaine Garcia
	Ghosh Gomez Gray Haddad Hansen Harris Hayashi Hoffmann Horvat Hughes Ibrahim Ivanov Iyer Jansen Johnson Kaminski Kapoor
	Karlsson Keller Khan Kim Kovacs Kowalski Krause Kumar Larsen Laurent Lee Lehmann Lewis Lopez Martin Mehta Mendes Mensah
	Meyer Moreau Morgan Moretti Murphy Nakamura Navarro Nguyen Nielsen Novak Nowak Nwosu Olsen Ortiz Osei Park Patel
	Pereira Petrov Popescu Reyes Ricci Roberts Rossi Ruiz Sato Schmidt Schneider Shah Silva Singh Smith Sokolov Suzuki
	Takahashi Taylor Torres Vargas Vasquez Vogel Wagner Walker Wang Weber White Wilson Wong Wright Yamada Yilmaz Zhang`)

var titles = []string{
	"Software Engineer", "Site Reliability Engineer", "Product Manager", "Designer", "Data Analyst", "Account Executive",
	"Support Specialist", "Security Engineer", "Recruiter", "Finance Partner", "Legal Counsel", "Engineering Manager", "",
}

var departments = []string{
	"Engineering", "Platform", "Security", "Data", "Design", "Product", "Sales", "Marketing", "Finance", "Legal", "People",
	"Support", "Operations", "Research", "Infrastructure", "Mobile", "Payments", "Growth", "Compliance", "Facilities",
}

var duties = []string{"On-call", "Leads", "Approvers", "Reviewers", "Admins", "Guild", "Team", "Responders", "Production Access", "Auditors"}

var topics = []string{
	"announce", "help", "incidents", "standup", "releases", "random", "planning", "reviews", "alerts", "leads", "budget",
	"hiring", "postmortems", "customers", "roadmap", "oncall", "access", "vendors", "experiments", "social",
}

var places = []string{"HQ", "Europe", "Americas", "Asia Pacific", "Labs", "Retail", "Studio", "Field", "Partners", "Ventures"}

func workspaceName(i int) (name, domain string) {
	place := places[i%len(places)]
	name = "Umbra " + place
	if i >= len(places) {
		name += " " + itoa(i/len(places)+1)
	}
	return name, strings.ToLower(strings.ReplaceAll(name, " ", "-"))
}
