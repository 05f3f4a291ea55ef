//! The numbers of members and topics come from groups: nobody can read one from text, and so have
//! it allocate what it says.

use serde::de::DeserializeOwned;
use sticky_assignor::{
    Assignment, Group, MemberId, Movement, NewMember, NewTopic, TopicId, TopicPartition, Violation, balance, cooperative_round, verify,
};

/// A type, of which is asked whether its values can be read. Where the constant of the type itself
/// does not apply, that of the trait does.
struct Asked<T>(std::marker::PhantomData<T>);

trait Unreadable {
    const CAN_BE_READ: bool = false;
}

impl<T> Unreadable for Asked<T> {}

impl<T: DeserializeOwned> Asked<T> {
    const CAN_BE_READ: bool = true;
}

#[test]
fn ids_cannot_be_read() {
    let ids = [
        Asked::<MemberId>::CAN_BE_READ,
        Asked::<TopicId>::CAN_BE_READ,
        Asked::<TopicPartition>::CAN_BE_READ,
        Asked::<Movement>::CAN_BE_READ,
    ];
    assert_eq!((ids, Asked::<u32>::CAN_BE_READ), ([false; 4], true));
}

/// Partitions are numbered by whoever wants to; what there is not is nobody's to read.
#[test]
fn a_partition_of_the_greatest_number_is_judged_withheld_and_claimed_like_any() {
    let members = [NewMember::new("m0", ["t"]), NewMember::new("m1", ["t"])];
    let group = Group::new(&[NewTopic::new("t", 2)], &members).expect("a group");
    let (topic, owner) = (group.topic_id("t").expect("a topic"), group.member_id("m1").expect("a member"));
    let greatest = TopicPartition { topic, partition: u32::MAX };
    let assignment = balance(&group).assignment().clone().with_owner(greatest, owner);
    let unknown = Violation::UnknownPartition { topic: "t".into(), partition: u32::MAX.into(), member: "m1".into() };
    assert_eq!(verify(&group, &assignment).violations.iter().collect::<Vec<_>>(), [unknown]);
    let claiming = group.claiming(assignment);
    assert_eq!(
        cooperative_round(&claiming, &Assignment::new().with_owner(greatest, claiming.member_id("m0").expect("a member"))).withheld(),
        [greatest]
    );
    assert_eq!(balance(&claiming).summary().retained, 2);
}
